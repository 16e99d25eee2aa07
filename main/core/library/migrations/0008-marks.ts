/**
 * Stars, labels and picks as other programs see them. `marks_file`: every file of notes that was read or written, as it was then; one that looks
 * otherwise now was changed by someone else.
 */
export const marks = `
create table marks_file (
  path text primary key, asset_id text not null references asset(id), bytes integer not null, modified_ms real not null
) strict, without rowid;
create index marks_file_of on marks_file (asset_id);
`

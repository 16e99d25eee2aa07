/**
 * Originals a person removed on purpose: they lie in the trash folder, and stay removed when their card comes back.
 * `disks`: the mark of every backup disk, so that an empty mount point is not taken for it. `rounds`: how often the card was looked at again.
 * `changed_ms`: the file's change time right after it was verified; a copy whose change time differs is read again before it is believed.
 */
export const removal = `
create table removal (
  asset_id text primary key references asset(id), trashed text not null, at text not null
) strict, without rowid;
alter table copy add column changed_ms real;
alter table sidecar add column changed_ms real;
alter table sidecar add column fingerprint text;
drop index job_claim;
create index job_claim on job (state, id);
create index job_later on job (state, run_after);
create index offload_asset_open on offload_asset (offload_id) where outcome is null;
alter table offload add column disks text not null default '{}';
alter table offload add column rounds integer not null default 0;
`

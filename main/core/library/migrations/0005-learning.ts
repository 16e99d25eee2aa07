/**
 * What was learned from this seller's own picks. `taste`: one row once there is anything to say; `from_seq`: decisions up to this one are
 * forgotten (reset); `learned`: JSON of main/core/domain/taste.ts. `analysis.sketch`: a photo in 2,880 bytes (workers/score/sketch.ts), null for
 * photos that were analysed before. `stack.kind`: see main/contract/views.ts.
 */
export const learning = `
create table taste (
  id integer primary key check (id = 1), is_on integer not null default 1, from_seq integer not null default 0,
  learned text, at text
) strict;
alter table analysis add column sketch blob;
alter table stack add column kind text not null default 'single';
`

/**
 * What was said when two photos were held against each other. `batch`: its act; it holds while that act does, so undo and redo need no rows of their own.
 * Both photos stay known to the library when they are removed, so what was said of them stays too. `source`: `crowned` (the challenger took the place
 * of the champion) or `held` (the champion kept it). `taste.from_preference`: rows up to this one are forgotten (reset).
 */
export const preference = `
create table preference (
  seq integer primary key, batch text not null references act(id) deferrable initially deferred,
  winner text not null references asset(id), loser text not null references asset(id), source text not null, at text not null,
  check (winner <> loser)
) strict;
create index preference_batch on preference (batch);
alter table taste add column from_preference integer not null default 0;
`

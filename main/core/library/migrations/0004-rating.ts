/**
 * Stars and colour labels beside decisions, and one history over both.
 * `act`: one line per thing done, undone or done again; `of` names the act that was undone or done again. `undone`: 0 it holds, 1 it was undone and
 * can be done again, 2 it was undone for good, because something else was done since.
 * `rating`: append-only like `decision`. `standing`: what holds now, written in the transaction that appends, so that nothing has to be added up.
 */
export const rating = `
create table act (
  seq integer primary key, id text not null unique, kind text not null, "of" text, made_by text not null, undone integer not null default 0,
  at text not null
) strict;
insert into act (id, kind, "of", made_by, at)
  select batch, iif(max(undoes) is null, 'do', 'undo'), max(undoes), min(made_by), min(at) from decision group by batch order by min(seq);
update act set undone = 2 where id in (select undoes from decision where undoes is not null);
create index act_open on act (undone, seq) where kind = 'do';
create table rating (
  seq integer primary key, batch text not null, asset_id text not null references asset(id), field text not null, value text, previous text
) strict;
create index rating_batch on rating (batch);
create table standing (
  asset_id text primary key references asset(id), decision text not null default 'undecided', rating integer, label text
) strict, without rowid;
insert into standing (asset_id, decision)
  select asset_id, decision from decision as d where seq = (select max(seq) from decision as last where last.asset_id = d.asset_id);
-- Which measuring it was, without reading the measures that lie between.
create index score_stamp on score (asset_id, model, made_at);
create index offload_asset_of on offload_asset (asset_id, id) where asset_id is not null;
`

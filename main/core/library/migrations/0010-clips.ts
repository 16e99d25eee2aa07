/**
 * Review and export of clips. `clip_left`: seconds of a take that were looked at and left, with the reason. `clip_choice`: append-only like
 * `decision`, `batch` its act; `clip_standing`: what holds now. `clip_export`: one row per clip, channel, look and folder; `folder` null = in the
 * library; `file` is set once the file is there. `clip_taste`: one row once there is anything to say; choices up to `from_seq` are forgotten.
 */
export const clips = `
create table clip_left (
  asset_id text not null references asset(id), position integer not null, in_us integer not null, out_us integer not null, because text not null,
  primary key (asset_id, position)
) strict, without rowid;
create table clip_choice (
  seq integer primary key, batch text not null, clip_id text not null, choice text not null, previous text not null, at text not null
) strict;
create index clip_choice_batch on clip_choice (batch);
create table clip_standing (clip_id text primary key, choice text not null) strict, without rowid;
create table clip_export (
  seq integer primary key, id text not null unique, clip_id text not null, asset_id text not null references asset(id), channel text not null,
  look text not null, folder text, state text not null, made_by text not null, file text, bytes integer, sha256 text, because text,
  notes text not null default '[]', asked_at text not null, at text not null
) strict;
create index clip_export_clip on clip_export (clip_id);
create index clip_export_state on clip_export (state);
create table clip_taste (
  id integer primary key check (id = 1), from_seq integer not null default 0, learned text, at text
) strict;
`

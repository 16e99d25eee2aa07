/** The first library: offloads, assets, analysis, stacks, decisions, products, renditions, publications, jobs. */
export const foundation = `
create table meta (key text primary key, value text not null) strict;
create table offload (
  id text primary key, path text not null, label text not null, state text not null, verify text not null,
  backups text not null, because text, manifest text, started_at text not null, finished_at text
) strict;
create table offload_asset (
  id integer primary key, offload_id text not null references offload(id), source text not null, name text not null,
  kind text not null, bytes integer not null, modified_ms real not null, companions text not null,
  outcome text, because text, asset_id text, stored text, copies text not null default '[]', riders text not null default '[]',
  unique (offload_id, source)
) strict;
create index offload_asset_seen on offload_asset (source, bytes) where outcome in ('copied', 'skipped');
create table offload_ignored (
  offload_id text not null references offload(id), source text not null, because text not null, matters integer not null,
  primary key (offload_id, source)
) strict, without rowid;
create table asset (
  id text primary key, kind text not null, bytes integer not null, name text not null, stored text not null unique,
  modified_ms real not null, fingerprint text not null, added_at text not null
) strict;
create index asset_bytes on asset (bytes, fingerprint);
create table sidecar (
  asset_id text not null references asset(id), id text not null, name text not null, stored text not null, bytes integer not null,
  primary key (asset_id, id, name)
) strict, without rowid;
create table copy (
  asset_id text not null references asset(id), path text not null, verify text not null, verified_at text not null,
  primary key (asset_id, path)
) strict, without rowid;
create table analysis (
  asset_id text primary key references asset(id), state text not null, because text, captured_at text, camera text,
  width integer, height integer, duration_us integer, info text not null, phash text, embedding blob, has_thumb integer not null
) strict;
create table score (
  asset_id text not null references asset(id), model text not null, measures text not null, made_at text not null,
  primary key (asset_id, model)
) strict, without rowid;
create table clip (
  id text primary key, asset_id text not null references asset(id), model text not null, in_us integer not null, out_us integer not null,
  measures text not null, place integer not null
) strict;
create index clip_asset on clip (asset_id);
create table stack (id text primary key, cover text not null, reason text not null) strict;
create table stack_member (
  asset_id text primary key, stack_id text not null, rank integer not null, suggestion text, because text
) strict, without rowid;
create index stack_member_stack on stack_member (stack_id);
create table decision (
  seq integer primary key, batch text not null, asset_id text not null references asset(id), decision text not null,
  previous text not null, made_by text not null, undoes text, at text not null
) strict;
create index decision_asset on decision (asset_id, seq);
create index decision_batch on decision (batch);
create table product (
  id text primary key, handle text not null unique, title text not null, made_from text not null unique,
  created_at text not null, updated_at text not null
) strict;
create table product_asset (
  product_id text not null references product(id), asset_id text not null references asset(id), position integer not null,
  primary key (product_id, asset_id)
) strict, without rowid;
create table rendition (
  asset_id text not null references asset(id), recipe text not null, key text not null, path text not null,
  width integer not null, height integer not null, bytes integer not null, primary key (asset_id, recipe)
) strict, without rowid;
create table clip_rendition (
  clip_id text not null, channel text not null, key text not null, path text not null, width integer not null, height integer not null,
  bytes integer not null, duration_us integer not null, poster_key text, poster_path text, poster_width integer, poster_height integer,
  primary key (clip_id, channel)
) strict, without rowid;
create table publication (
  catalog text not null, product_id text not null references product(id), state text not null, fingerprint text not null,
  remote_id text, url text, because text, at text not null, primary key (catalog, product_id)
) strict, without rowid;
create table job (
  id integer primary key, stage text not null, key text not null, payload text not null, state text not null,
  attempts integer not null default 0, faults integer not null default 0, run_after integer not null default 0, because text, created_at text not null, updated_at text not null
) strict;
create unique index job_queued on job (stage, key) where state = 'queued';
create index job_key on job (stage, key);
create index job_claim on job (state, stage, run_after, id);
`

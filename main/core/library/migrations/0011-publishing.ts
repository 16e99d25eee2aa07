/**
 * Shops beside the local catalog: connections, what a shop needs to know of a product, intents before anything is sent, drops.
 * What was published before stays: its rows keep their state, and the next look at the shop fills in the rest.
 */
export const publishing = `
alter table job add column grp text;
create index job_group on job (state, grp) where grp is not null;
alter table product add column sku text;
alter table product add column description text not null default '';
alter table product add column price_minor integer;
alter table product add column currency text;
alter table product add column stock integer;
create unique index product_sku on product (sku) where sku is not null;
create table connection (
  name text primary key, kind text not null, config text not null, created_at text not null, paused text, checked_at text, shop text
) strict, without rowid;
alter table publication add column wanted text not null default 'live';
alter table publication add column frozen text;
alter table publication add column base text;
alter table publication add column visible integer not null default 0;
alter table publication add column creation text;
alter table publication add column looked integer not null default 0;
alter table publication add column difference text;
alter table publication add column keep text not null default '[]';
alter table publication add column live_at text;
alter table publication add column setting text;
alter table publication add column shown text;
update publication set creation = '"ours"' where remote_id is not null;
create index publication_state on publication (catalog, state);
create table publication_media (
  catalog text not null, product_id text not null, key text not null, state text not null, remote_id text,
  intent_at integer not null, life text not null, unsure integer not null default 0,
  primary key (catalog, product_id, key)
) strict, without rowid;
create table publication_version (
  catalog text not null, product_id text not null, n integer not null, fingerprint text not null, frozen text not null, at text not null,
  primary key (catalog, product_id, n)
) strict, without rowid;
create table sale_drop (
  id text primary key, title text not null, zone text not null, opens_wall text not null, opens_at text not null,
  closes_wall text, closes_at text, created_at text not null, cancelled_at text
) strict;
create table drop_product (
  drop_id text not null references sale_drop(id), product_id text not null references product(id), position integer not null,
  price_minor integer, currency text, stock integer, primary key (drop_id, product_id)
) strict, without rowid;
create table drop_catalog (
  drop_id text not null references sale_drop(id), catalog text not null, state text not null, because text,
  opened_at text, open_late_ms integer, closed_at text, close_late_ms integer, primary key (drop_id, catalog)
) strict, without rowid;
`

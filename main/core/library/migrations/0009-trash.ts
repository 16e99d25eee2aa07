/**
 * What is in the trash is known by where it lies: `asset.stored` its place in the trash, `removal.trashed` its home. Until here it was the other
 * way round, which kept the name of a removed photo from every other one.
 */
export const trash = `
create temp table moved as
  select asset.id, asset.stored as home, removal.trashed as place from removal join asset on asset.id = removal.asset_id
  where removal.trashed like 'trash/%' or removal.trashed like 'trash\\%';
update asset set stored = (select place from moved where moved.id = asset.id) where id in (select id from moved);
update removal set trashed = (select home from moved where moved.id = removal.asset_id) where asset_id in (select id from moved);
drop table moved;
`

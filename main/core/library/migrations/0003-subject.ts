/**
 * Where the subject of a photo lies. `subject_choice`: the point a person clicked. `score.subject`: JSON box the measures were taken on, or null.
 * The index finds scores of an older model.
 */
export const subject = `
create table subject_choice (
  asset_id text primary key references asset(id), x real not null, y real not null, at text not null
) strict, without rowid;
alter table score add column subject text;
create index score_model on score (model, asset_id);
`

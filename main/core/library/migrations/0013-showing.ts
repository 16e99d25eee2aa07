/** The intent to show or hide a listing: a shop that acts on a lost request late may undo what was asked for since (domain/publishing.ts). */
export const showing = `
alter table publication add column showing text;
`

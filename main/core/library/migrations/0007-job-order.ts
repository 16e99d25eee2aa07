/** Claims look for the oldest job of one stage: however many wait in others. */
export const jobOrder = `
drop index job_claim;
create index job_claim on job (state, stage, id);
`

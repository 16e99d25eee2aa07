import type { DoctorReport } from '../../contract/views.ts'

/** The degraded modes the window should name: what is missing that a user would notice. */
export const availability = (report: DoctorReport): string[] =>
  report.checks
    .filter((check) => check.state === 'missing')
    .map((check) => (check.next === null ? `${check.name}: ${check.found}` : `${check.name}: ${check.found}. ${check.next}`))

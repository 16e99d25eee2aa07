import type { Generated } from 'kysely'

/** Tables of the library. Upstream to downstream; no stage updates a table upstream of its own. Times are UTC ISO text; media time is integer microseconds. */
export interface Schema {
  meta: { key: string; value: string }
  offload: {
    id: string
    path: string
    label: string
    state: string
    verify: string
    backups: string
    because: string | null
    manifest: string | null
    started_at: string
    finished_at: string | null
    /** JSON: path of each backup → the mark found on it at the start. */
    disks: Generated<string>
    /** How often new or changed files were found when it was about to end. */
    rounds: Generated<number>
  }
  /** One line per photo or clip found on the card, with what became of it. */
  offload_asset: {
    id: Generated<number>
    offload_id: string
    source: string
    name: string
    kind: string
    bytes: number
    modified_ms: number
    companions: string
    /** null while it waits. */
    outcome: string | null
    because: string | null
    asset_id: string | null
    stored: string | null
    /** JSON list of the paths that hold a verified copy. */
    copies: string
    /** JSON list of what became of the companions. */
    riders: string
  }
  /** One line per file on the card that is not an asset of its own, with the reason. */
  offload_ignored: { offload_id: string; source: string; because: string; matters: number }
  asset: {
    id: string
    kind: string
    bytes: number
    name: string
    /** Relative to the library. */
    stored: string
    modified_ms: number
    /** Samples of the content, see copy.fingerprint: finds what is known already without reading it whole. */
    fingerprint: string
    added_at: string
  }
  /**
   * Removed on purpose: not shown, not copied again. `trashed`: where it lay, relative to the library, or '' once it was deleted for good;
   * `asset.stored` is its place in the trash meanwhile.
   */
  removal: { asset_id: string; trashed: string; at: string }
  /** A file that travels with its asset (RAW, THM, XML, WAV …). */
  sidecar: {
    asset_id: string
    id: string
    name: string
    stored: string
    bytes: number
    changed_ms: number | null
    fingerprint: string | null
  }
  /** Every verified copy of an original: library and backups. */
  copy: {
    asset_id: string
    path: string
    verify: string
    verified_at: string
    /** The file's change time (ctime) right after it was verified. */
    changed_ms: number | null
  }
  analysis: {
    asset_id: string
    state: string
    because: string | null
    captured_at: string | null
    camera: string | null
    width: number | null
    height: number | null
    duration_us: number | null
    info: string
    phash: string | null
    embedding: Uint8Array | null
    sketch: Generated<Uint8Array | null>
    has_thumb: number
  }
  /** One row per photo: the newest. `subject`: JSON box the measures were taken on, or null. */
  score: {
    asset_id: string
    model: string
    measures: string
    made_at: string
    subject: string | null
  }
  /** The point a person clicked, in fractions of the upright frame. */
  subject_choice: { asset_id: string; x: number; y: number; at: string }
  clip: { id: string; asset_id: string; model: string; in_us: number; out_us: number; measures: string; place: number }
  /** Seconds of a take that were looked at and left. */
  clip_left: { asset_id: string; position: number; in_us: number; out_us: number; because: string }
  /** Append-only; `batch` its act. */
  clip_choice: { seq: Generated<number>; batch: string; clip_id: string; choice: string; previous: string; at: string }
  /** What holds now of choices of clips. */
  clip_standing: { clip_id: string; choice: string }
  /** One clip for one channel, in one look, into one folder; `state` as in clipExportView, but that `making` is its job's. */
  clip_export: {
    seq: Generated<number>
    id: string
    clip_id: string
    asset_id: string
    channel: string
    look: string
    folder: string | null
    state: string
    /** `person`, or `auto`: by the rule for new takes. */
    made_by: string
    file: string | null
    bytes: number | null
    sha256: string | null
    because: string | null
    notes: Generated<string>
    asked_at: string
    at: string
  }
  /** At most one row, id 1: what was learned from choices of clips. */
  clip_taste: { id: number; from_seq: Generated<number>; learned: string | null; at: string | null }
  stack: { id: string; cover: string; reason: string; kind: Generated<string> }
  /** At most one row, id 1: what was learned from this seller's picks, see 0005-learning. */
  taste: { id: number; is_on: Generated<number>; from_seq: Generated<number>; learned: string | null; at: string | null }
  stack_member: { asset_id: string; stack_id: string; rank: number; suggestion: string | null; because: string | null }
  /** Append-only: the newest row of an asset counts; undo is a new row. */
  decision: {
    seq: Generated<number>
    batch: string
    asset_id: string
    decision: string
    previous: string
    made_by: string
    undoes: string | null
    at: string
  }
  /** One line per thing done, undone or done again; `of`: the act that was. `undone`: 0 it holds, 1 it can be done again, 2 for good. */
  act: { seq: Generated<number>; id: string; kind: string; of: string | null; made_by: string; undone: Generated<number>; at: string }
  /** Append-only, stars and labels; `field` is `rating` or `label`, `batch` its act. */
  rating: { seq: Generated<number>; batch: string; asset_id: string; field: string; value: string | null; previous: string | null }
  /** What holds now of decisions, stars and labels; written together with the rows that say so. */
  standing: { asset_id: string; decision: Generated<string>; rating: number | null; label: string | null }
  product: { id: string; handle: string; title: string; made_from: string; created_at: string; updated_at: string }
  /** `role`: what the picture shows of the product, as a person said. */
  product_asset: { product_id: string; asset_id: string; position: number; role: Generated<string | null> }
  rendition: { asset_id: string; recipe: string; key: string; path: string; width: number; height: number; bytes: number }
  clip_rendition: {
    clip_id: string
    channel: string
    key: string
    path: string
    width: number
    height: number
    bytes: number
    duration_us: number
    poster_key: string | null
    poster_path: string | null
    poster_width: number | null
    poster_height: number | null
  }
  publication: {
    catalog: string
    product_id: string
    state: string
    fingerprint: string
    remote_id: string | null
    url: string | null
    because: string | null
    at: string
  }
  /** Files of notes (XMP) as they were when they were last read or written; path relative to the library. */
  marks_file: { path: string; asset_id: string; bytes: number; modified_ms: number }
  job: {
    id: Generated<number>
    stage: string
    key: string
    payload: string
    state: string
    attempts: number
    /** How often it took its worker thread with it. */
    faults: number
    run_after: number
    because: string | null
    created_at: string
    updated_at: string
  }
}

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
  taste: {
    id: number
    is_on: Generated<number>
    from_seq: Generated<number>
    from_preference: Generated<number>
    learned: string | null
    at: string | null
  }
  /** Append-only: one photo over another; holds as long as its act, see 0012-preference. */
  preference: { seq: Generated<number>; batch: string; winner: string; loser: string; source: string; at: string }
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
  product: {
    id: string
    handle: string
    title: string
    made_from: string
    created_at: string
    updated_at: string
    sku: Generated<string | null>
    description: Generated<string>
    /** In the smallest unit of the currency. */
    price_minor: Generated<number | null>
    currency: Generated<string | null>
    stock: Generated<number | null>
  }
  /** A shop that was connected. `config`: JSON, no secrets. `paused`: why nothing is sent until a person looks; null = it is used. */
  connection: {
    name: string
    kind: string
    config: string
    created_at: string
    paused: string | null
    checked_at: string | null
    shop: string | null
  }
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
    /** `live` or `hidden`: what it shall be in the end. */
    wanted: Generated<string>
    /** JSON: the listing as it is sent, its files by key in the outbox; null = not rendered yet. */
    frozen: Generated<string | null>
    /** The shop's revision after our last change; another one means that somebody else changed it. */
    base: Generated<string | null>
    /** What the shop showed when it was last read: 1 visible to buyers. */
    visible: Generated<number>
    /** JSON intent to make the product there; or `ours` once it was made by us, `theirs` when it was found there. */
    creation: Generated<string | null>
    looked: Generated<number>
    /** JSON list of differences in words, while it waits for a person. */
    difference: Generated<string | null>
    /** JSON list of remote ids of pictures that are not ours and stay. */
    keep: Generated<string>
    /** JSON intent to set the listing: a half-done change of our own is not somebody else's. */
    setting: Generated<string | null>
    /** JSON intent to show or hide it; stays while a request of that kind may still be acted on. */
    showing: Generated<string | null>
    /** Fingerprint of what the shop was last seen to show. */
    shown: Generated<string | null>
    /** When buyers first saw it. */
    live_at: Generated<string | null>
  }
  /** One file in one shop. `unsure`: its fate was unknown once; its doubles are looked for. */
  publication_media: {
    catalog: string
    product_id: string
    key: string
    state: string
    remote_id: string | null
    intent_at: number
    life: string
    unsure: Generated<number>
  }
  /** Galleries that were published, for going back. */
  publication_version: { catalog: string; product_id: string; n: number; fingerprint: string; frozen: string; at: string }
  sale_drop: {
    id: string
    title: string
    zone: string
    /** As it was typed, wall clock of the zone: "2026-11-28T12:00". */
    opens_wall: string
    opens_at: string
    closes_wall: string | null
    closes_at: string | null
    created_at: string
    cancelled_at: string | null
  }
  drop_product: {
    drop_id: string
    product_id: string
    position: number
    price_minor: number | null
    currency: string | null
    stock: number | null
  }
  /** `planned`, `open`, `closed`, `missed` (its window passed while nobody was there), `failed`. */
  drop_catalog: {
    drop_id: string
    catalog: string
    state: string
    because: string | null
    opened_at: string | null
    open_late_ms: number | null
    closed_at: string | null
    close_late_ms: number | null
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
    /** Of one group one job runs at a time. */
    grp: Generated<string | null>
    because: string | null
    created_at: string
    updated_at: string
  }
}

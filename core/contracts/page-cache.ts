/** An answer that was kept, with what the upstream tells its version by. */
export interface KeptPage {
  readonly etag?: string;
  readonly lastModified?: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded body, in a buffer of its own. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Keeps the answers of one source from run to run. What it can't read it does not have, what it can't write is not kept. */
export interface PageCache {
  read(key: string): Promise<KeptPage | undefined>;
  write(key: string, page: KeptPage): Promise<void>;
  /** Makes room, where more is kept than may be. */
  close(): Promise<void>;
}

/** How a backend is installed. */
export interface InstallOptions {
  /** Also what a GPU needs. */
  readonly gpu: boolean;
  /** Folder with files that were fetched before; what lies there is not downloaded. */
  readonly from?: string;
  /** The Python interpreter to use. */
  readonly python?: string;
  /** Keep what was downloaded. */
  readonly keepDownloads: boolean;
  /** Whether programs may draw their progress on the terminal. */
  readonly terminal: boolean;
  /** Is told, line by line, of what happens. */
  readonly report: (line: string) => void;
}

/** One thing that can be installed. `outdated`: made by another version, or not whole. */
export interface InstallStatus {
  readonly variant: string;
  readonly folder: string;
  readonly state: 'installed' | 'outdated' | 'absent';
  readonly versions?: Readonly<Record<string, string>>;
  readonly bytes?: number;
}

/** What a backend's package exports as `installer` when the backend needs more than npm brings. */
export interface Installer {
  /** Returns the folder it is installed in, at once if it was. @throws CarlError BACKEND_INSTALL, BACKEND_UNAVAILABLE, DISK */
  install(options: InstallOptions): Promise<string>;
  /** Returns the bytes that were freed. */
  remove(report?: (line: string) => void): Promise<number>;
  status(): Promise<readonly InstallStatus[]>;
}

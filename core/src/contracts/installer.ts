/** How to install a backend. */
export interface InstallOptions {
  /** Folder with files downloaded earlier; these are not downloaded again. */
  readonly from?: string;
  /** Python interpreter, for installers that need one. */
  readonly python?: string;
  /** Keeps the downloaded files after installation. */
  readonly keepDownloads: boolean;
  /** Lets programs draw their progress on the terminal. */
  readonly terminal: boolean;
  /** Called with each line of progress. */
  readonly report: (line: string) => void;
}

/** State of a backend's installation. `versions` and `bytes` are known if it is installed. */
export interface InstallStatus {
  readonly state: 'installed' | 'damaged' | 'absent';
  /** Folder of the installation, or where it would be. */
  readonly folder: string;
  readonly versions?: Readonly<Record<string, string>>;
  /** Size on disk. */
  readonly bytes?: number;
}

/** Installs a backend that needs more than its npm package. A plugin lists its installers by the names of its backends. */
export interface Installer {
  /**
   * Returns the folder of the installation. Does nothing if it is intact, and replaces it if it is damaged.
   * @throws CarlError BACKEND_INSTALL, BACKEND_UNAVAILABLE, INPUT_FILE, DISK
   */
  install(options: InstallOptions): Promise<string>;
  /** Deletes the installation and its downloads; returns the number of bytes freed. */
  remove(report: (line: string) => void): Promise<number>;
  status(): Promise<InstallStatus>;
}

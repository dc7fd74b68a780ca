/** What one run took, the start of its process included. */
export type Measured = { rows: number; ms: number; cpuMs: number; mib: number };

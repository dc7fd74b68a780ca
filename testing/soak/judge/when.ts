/** A moment of the soak, for a sentence about it. */
export function tellWhen(at: number, { startedAt }: { startedAt: number }): string {
  return `${((at - startedAt) / 1000).toFixed(1)} s after the start`;
}

/**
 * Which build this is. The public one knows OnSync's own address and no other, as Zapier asks of a public app; staging's has a
 * field for an address, and is never published. `scripts/zapier/build.ts` writes the answer into the bundle as a constant,
 * so that nothing set at Zapier changes it. From the sources the environment decides, and without it they are the public one.
 */
export function isStagingBuild(): boolean {
  return process.env.ONSYNC_ZAPIER_BUILD === "staging";
}

/** Loaded before a receiver: its time of day is up to ten minutes off, and jumps while it runs. */
const farthestMs = 10 * 60_000;
const everyMs = 400;

const trueNow = Date.now.bind(Date);
const anyOffset = () => (Math.random() * 2 - 1) * farthestMs;
let offset = anyOffset();
Date.now = () => Math.round(trueNow() + offset);
setInterval(() => {
  offset = anyOffset();
}, everyMs).unref();

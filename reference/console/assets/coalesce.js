/**
 * Reading again: one reading at a time, and one more when it was asked for meanwhile, so that an answer that took longer
 * never overwrites a newer one.
 */
export function coalesceCalls(read) {
  let running;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await read();
    } while (again);
  };
  return () => {
    if (running) again = true;
    else {
      running = run().finally(() => {
        running = undefined;
      });
    }
    return running;
  };
}

/** What changed on the server, as it changes. A broken stream is taken up again, and everything shown is read anew. */

/**
 * @param changed is given a list of `{ kind, id? }`
 * @param state is told "live", or "broken" while the stream is being taken up again
 */
export function watchChanges(changed, state) {
  let source;
  let again = false;

  const open = () => {
    source = new EventSource("/_console/live");
    source.addEventListener("changes", ({ data }) => changed(JSON.parse(data)));
    source.addEventListener("open", () => {
      state("live");
      // What was missed meanwhile is in no stream.
      if (again) changed([{ kind: "everything" }]);
      again = true;
    });
    source.addEventListener("error", () => {
      state("broken");
      // A browser gives up where the server answered with an error.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 2000);
    });
  };

  // Browsers keep few connections to a server: a tab nobody looks at gives its own back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) source.close();
    else if (source.readyState === EventSource.CLOSED) open();
  });
  open();
}

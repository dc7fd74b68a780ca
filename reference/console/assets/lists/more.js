/** The button at the end of what was read of a long list: whoever scrolls there need not press it. */
import { button } from "../elements/button.js";
import { toastErrors } from "../elements/toast.js";

/** How near to being seen, in pixels, the next page is asked for. */
const margin = 400;

/**
 * @param scroller the element that scrolls
 * @param readMore resolves when more is shown
 */
export function createMore(label, scroller, readMore) {
  let isReading = false;
  const element = button(label, () => read(), { hidden: true });

  function isNear() {
    if (element.hidden || !element.isConnected) return false;
    const place = element.getBoundingClientRect();
    const around = scroller.getBoundingClientRect();
    return place.top < around.bottom + margin && place.bottom > around.top - margin;
  }

  async function read() {
    if (isReading) return;
    isReading = true;
    element.setAttribute("aria-busy", "true");
    try {
      await toastErrors(readMore);
    } finally {
      isReading = false;
      element.removeAttribute("aria-busy");
    }
  }

  scroller.addEventListener("scroll", () => isNear() && read(), { passive: true });
  return {
    element,
    /** @param more whether there is more to read */
    show: (more) => {
      element.hidden = !more;
    },
  };
}

/** Passes the answer on, and calls `notify` when its stream has been read or given up. */
export function notifyWhenRead(response: Response, notify: () => void): Response {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (value) controller.enqueue(value);
      if (!done) return;
      controller.close();
      notify();
    },
    cancel(reason) {
      notify();
      return reader.cancel(reason);
    },
  });
  return new Response(body, response);
}

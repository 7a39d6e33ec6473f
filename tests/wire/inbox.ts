/** Messages as they come, each to be awaited. */
export function createInbox() {
  const messages: { topic: string; text: string; retained: boolean }[] = [];
  let wake = () => {};
  return {
    messages,
    onMessage: (topic: string, payload: Uint8Array, retained: boolean) => {
      messages.push({ topic, text: Buffer.from(payload).toString(), retained });
      wake();
    },
    /** Resolves when `count` messages have come. */
    async have(count: number): Promise<void> {
      while (messages.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

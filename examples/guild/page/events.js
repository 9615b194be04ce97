// The browser's end of createSocketBridge(): reads channels, comes back by itself, and goes on behind the last event of each.
export function listen(url) {
  const channels = new Map();
  let socket;
  let isOver = false;
  let failures = 0;
  const states = new Set();
  const tell = (isOpen) => states.forEach((state) => state(isOpen));
  const say = (message) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  function open() {
    socket = new WebSocket(url);
    socket.onopen = () => {
      failures = 0;
      tell(true);
      for (const { channel, after } of channels.values())
        say({ type: "subscribe", channel, after });
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "ping") return say({ type: "pong" });
      const reader = channels.get(JSON.stringify(message.channel));
      if (reader === undefined) return;
      if (message.id !== undefined) reader.after = message.id;
      reader[message.type]?.(message);
    };
    socket.onclose = () => {
      tell(false);
      // At once, then later and later, and not all in one moment.
      if (!isOver) setTimeout(open, Math.random() * Math.min(10_000, 250 * 2 ** failures++));
    };
  }
  open();

  return {
    /** handlers: event({ id, data, key }), subscribed(), lost({ reason }), refused({ reason }) */
    subscribe(channel, handlers) {
      channels.set(JSON.stringify(channel), { channel, ...handlers });
      say({ type: "subscribe", channel });
    },
    unsubscribe(channel) {
      channels.delete(JSON.stringify(channel));
      say({ type: "unsubscribe", channel });
    },
    onState: (state) => states.add(state),
    /** For trying what happens when the connection breaks. */
    drop: () => socket.close(),
    close() {
      isOver = true;
      socket.close();
    },
  };
}

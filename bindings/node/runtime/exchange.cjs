'use strict';

// Taken here, so that a test that replaces timers does not replace these.
const { clearInterval, setImmediate, setInterval } = require('node:timers');
const { errorOf } = require('./errors.cjs');

/** As long as a timer can be. */
const NEVER = 2 ** 31 - 1;

/** The calls under way of one native part, and who waits for each. Nothing here refers to the client, which may be collected. */
class Exchange {
  #waiting = new Map();
  #last = 0;
  #hold;

  /** What the native part tells replies to. */
  reply = (id, isDone, text) => {
    const call = this.#take(id);
    // One that was given up may still be told.
    call?.resolve({ isDone, text });
  };

  /** Sends a call and waits for its reply. A signal gives it up, here and there. */
  send(native, request, signal) {
    return new Promise((resolve, reject) => {
      const id = this.#next();
      if (signal === undefined) {
        native.start(id, request);
        this.#add(id, { resolve });
        return;
      }
      const ticket = native.startWithTicket(id, request);
      const abort = () => {
        if (this.#take(id) === undefined) return;
        ticket.cancel();
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#add(id, { resolve, forget: () => signal.removeEventListener('abort', abort) });
    });
  }

  /** What is still under way after the end: its reply may be on the way, and else there is none. */
  async end() {
    await new Promise((resolve) => setImmediate(resolve));
    const text = JSON.stringify({ kind: 'Closed', message: 'it was closed while the call was under way; what became of it is not known' });
    for (const id of [...this.#waiting.keys()]) this.#take(id).resolve({ isDone: false, text });
  }

  #next() {
    do this.#last = (this.#last + 1) >>> 0;
    while (this.#waiting.has(this.#last));
    return this.#last;
  }

  #add(id, call) {
    this.#waiting.set(id, call);
    // The way for replies keeps no process alive; somebody who waits does.
    if (this.#waiting.size === 1) this.#hold = setInterval(() => {}, NEVER);
  }

  #take(id) {
    const call = this.#waiting.get(id);
    if (call === undefined) return undefined;
    this.#waiting.delete(id);
    call.forget?.();
    if (this.#waiting.size === 0) clearInterval(this.#hold);
    return call;
  }
}

/** The text of a reply, or its error thrown. */
function textOf({ isDone, text }) {
  if (isDone) return text;
  throw errorOf(JSON.parse(text));
}

module.exports = { Exchange, textOf };

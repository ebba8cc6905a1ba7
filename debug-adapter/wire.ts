/**
 * The base protocol of DAP: JSON messages, each behind a header that says how many bytes it has.
 *
 *   Content-Length: 119\r\n
 *   \r\n
 *   { "seq": 153, "type": "request", ... }
 *
 * The reader takes bytes as they come, in pieces of any size, and calls `message` for every whole JSON value. It never
 * throws. What it cannot read it reports to `broken` and skips: a header without a length, a length beyond `bodyMax`,
 * a body that is not JSON. After a length that was too small the rest of the body stands where a header should be; the
 * next `Content-Length` is looked for inside it, so that one bad message costs itself and no more than its successor.
 */

const headerMax = 8 * 1024;
const bodyMax = 64 * 1024 * 1024;
const headerEnd = [13, 10, 13, 10];

export interface WireReader {
  feed(chunk: Uint8Array): void;
}

export function createWireReader(message: (value: unknown) => void, broken: (why: string) => void): WireReader {
  let held: Uint8Array = new Uint8Array(0);
  let bodyLength = -1;

  /** Takes one header or one body from what is held; false when more bytes are needed. */
  function take(): boolean {
    if (bodyLength >= 0) return takeBody();
    const end = indexOfHeaderEnd(held);
    if (end >= 0) {
      takeHeader(decode(held.subarray(0, end)));
      held = held.subarray(end + headerEnd.length);
      return true;
    }
    if (held.length <= headerMax) return false;
    broken(`no header within ${headerMax} bytes; they were skipped`);
    held = held.subarray(held.length - (headerEnd.length - 1));
    return false;
  }

  function takeHeader(header: string): void {
    const length = [...header.matchAll(/Content-Length: *(\d+)/gi)].at(-1)?.[1];
    if (length === undefined) broken(`a header without Content-Length: ${quote(header)}`);
    else if (Number(length) > bodyMax) broken(`a message of ${length} bytes is longer than ${bodyMax}`);
    else bodyLength = Number(length);
  }

  function takeBody(): boolean {
    if (held.length < bodyLength) return false;
    const body = decode(held.subarray(0, bodyLength));
    held = held.subarray(bodyLength);
    bodyLength = -1;
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      broken(`a message that is not JSON: ${quote(body)}`);
      return true;
    }
    message(value);
    return true;
  }

  return {
    feed(chunk) {
      held = held.length === 0 ? chunk : concat(held, chunk);
      while (take());
    },
  };
}

/** The bytes of one message, header included. */
export function frameMessage(message: object): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(message));
  return concat(new TextEncoder().encode(`Content-Length: ${body.length}\r\n\r\n`), body);
}

function indexOfHeaderEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (headerEnd.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

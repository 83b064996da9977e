/* The tickets before and after the one that is open, in the queue from which one came. The tab remembers it. */

const KEY = "queue";
const TICKET = /^\/admin\/tickets\/(\d+)$/;

/** Remember the tickets of the queue on this page, in their order, when one leaves it. */
export function rememberQueue() {
  addEventListener("pagehide", () => {
    const paths = [...document.querySelectorAll("main a[href]")].map((link) => new URL(link.href).pathname);
    const numbers = [...new Set(paths.map((path) => TICKET.exec(path)?.[1]).filter(Boolean))];
    sessionStorage.setItem(KEY, JSON.stringify({ query: location.search, numbers }));
  });
}

/** Lead to the neighbours of a ticket, and back to the queue as it was. */
export function leadToNeighbours(root, number) {
  const kept = sessionStorage.getItem(KEY);
  if (!kept) return;
  const { query, numbers } = JSON.parse(kept);
  const queue = root.querySelector("[data-queue]");
  queue.search = query;
  const place = numbers.indexOf(number);
  if (place < 0) return;
  for (const [key, step] of [["previous", -1], ["next", 1]]) {
    const link = root.querySelector(`[data-key=${key}]`);
    const neighbour = numbers[place + step];
    if (!neighbour) continue;
    link.href = `/admin/tickets/${neighbour}`;
    link.hidden = false;
  }
}

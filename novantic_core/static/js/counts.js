/* The counts beside the filters of the menu. The queue's own page comes with them; other pages ask once. */

/** Show counts by name, as the server words them. */
export function showCounts(counts) {
  for (const place of document.querySelectorAll("[data-count]")) {
    const words = counts[place.dataset.count];
    if (words !== undefined && place.textContent !== words) place.textContent = words;
  }
}

/** Ask for them where the page came without. They are a convenience: an error leaves the menu as it is. */
export async function fillCounts() {
  const menu = document.querySelector("[data-counts]");
  const empty = [...document.querySelectorAll("[data-count]")].some((place) => !place.textContent);
  if (!menu || !empty) return;
  try {
    const answer = await fetch(menu.dataset.counts, { headers: { Accept: "application/json" } });
    // signed out meanwhile: the way leads to a page
    if (answer.ok && !answer.redirected) showCounts((await answer.json()).counts);
  } catch {
    // no connection: the menu works without
  }
}

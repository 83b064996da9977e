/* A page on which somebody said that an article solved it, or took that back: the form in the other tab hears of it. */

const { key, undone } = document.querySelector("[data-key], [data-undone]")?.dataset ?? {};
if (key || undone) new BroadcastChannel("kb-solved").postMessage({ key: key || undone, solved: !undone });

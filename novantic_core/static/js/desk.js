/* What every page of the back office has: nothing of it is needed, all of it is quicker. */

import { fillCounts } from "./counts.js";
import { listenToKeys } from "./keys.js";
import { rememberQueue } from "./neighbours.js";

if (location.pathname === "/admin/tickets") rememberQueue();

// the menu of a narrow window closes when one leaves it
const side = document.querySelector("details.side");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && side?.open) {
    side.open = false;
    side.querySelector("summary").focus();
  }
});

listenToKeys();
fillCounts();

/* Copying the ID; browsers offer it on encrypted pages only, and without it the button stays away. */

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy-id]")) {
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    const words = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copyId);
      button.textContent = `✓ ${button.dataset.copied}`;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }
}

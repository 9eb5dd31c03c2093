// Runs before the page is drawn, so that nothing moves when GOV.UK's components start.
document.body.className +=
  " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");

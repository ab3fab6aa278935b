// What html-validate holds every page to: all that it recommends, all it knows of accessibility, and this.

export default {
  root: true,
  extends: ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
  rules: {
    "doctype-style": ["error", { style: "lowercase" }],
    // Ids of ours begin with "_", so that none is the same as that of a group or of a heading in a text.
    "valid-id": ["error", { relaxed: true }],
    // Whatever has a role may be named. The rule's own list leaves out <search>, which is a landmark.
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // Nothing is loaded but from the site itself, which could change a digest as well as a file.
    "require-sri": "off",
    // A search is one field, which Enter sends, and it has Enter on the keyboards of phones too.
    "wcag/h32": "off",
  },
};

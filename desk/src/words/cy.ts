// The desk's words in one language, fetched only by those who read it.

import catalogue from "../../../.make/catalogues/desk.cy.json";

export default catalogue;

// What markup is compiled to in this bundle: shorter than the automatic runtime, and every byte is loaded beside a shop.

export { Fragment, h } from "preact";

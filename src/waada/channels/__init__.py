"""Ways in and out, one module each: reading is a pure function, sending is an effect."""

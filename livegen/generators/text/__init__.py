"""Text nets: a state and a byte in, a prediction out; voices, wishes, and a page on which surprise glows."""

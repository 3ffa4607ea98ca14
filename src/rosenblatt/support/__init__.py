"""Small tools that every room may use, and that use none of them."""

"""Networks: rank (2 or 3) and width are arguments, state is never hidden."""

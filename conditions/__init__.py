"""Articles: symptoms, conditions, treatments, remedies, red flags, publishing and search."""

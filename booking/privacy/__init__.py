"""A patient's rights over their data, and how long the clinic keeps which data.

`parts.py` names every kind of record that is about a patient: what is not there is neither taken
out for them nor erased.
"""

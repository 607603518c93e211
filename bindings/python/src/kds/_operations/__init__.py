"""The operations of each service; generated from the models of libkds-api."""

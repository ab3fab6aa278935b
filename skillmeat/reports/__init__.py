"""Problems as people and programs read them: beside the line they are about, as annotations, as SARIF."""

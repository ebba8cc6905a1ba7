/** A run that goes on for longer than any test: what is asked of a debugger while it is busy. */
export const endless = `cluster lab {
  node master { pma pm_master credentials file_server "/" }
}

program spin(rounds: int) {
  image text 4 KB data 4 KB bss 4 KB stack 4 KB
  for i in 1 .. rounds {
    let me = getpid()
  }
}

scenario "long" on lab {
  let a = spawn spin(1000000) on master
  wait a
}
`;

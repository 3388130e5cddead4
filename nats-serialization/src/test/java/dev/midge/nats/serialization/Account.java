package dev.midge.nats.serialization;

import java.util.Objects;

/** A bean, as Java programs have sent them for long. */
public class Account {
  private String owner;
  private long balance;

  public String getOwner() {
    return owner;
  }

  public void setOwner(String owner) {
    this.owner = owner;
  }

  public long getBalance() {
    return balance;
  }

  public void setBalance(long balance) {
    this.balance = balance;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Account account
        && Objects.equals(owner, account.owner)
        && balance == account.balance;
  }

  @Override
  public int hashCode() {
    return Objects.hash(owner, balance);
  }
}
